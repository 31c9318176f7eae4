import { describe, expect, it } from 'vitest'
import { splitStatements } from './split-statements.ts'

const firstWords = (script: string) => splitStatements(script).map((statement) => statement.words.join(' '))

describe('splitStatements', () => {
  it.each([
    ['plain statements', 'select 1; create table a (id int) ;', ['SELECT', 'CREATE TABLE A']],
    ['empty ones left out', ';; select 1;; -- nothing\n;', ['SELECT']],
    ['semicolons in strings', `select ';'';' ; select 2`, ['SELECT', 'SELECT']],
    ['backslashes in plain strings', String.raw`select 'a\'; select 2`, ['SELECT', 'SELECT']],
    ['backslashes in E-strings', String.raw`select E'a\';b' ; select e'\\'; select 3`, ['SELECT E', 'SELECT E', 'SELECT']],
    ['an alias that ends in e before a string', `select name 'x;' from t; select 2`, ['SELECT NAME FROM', 'SELECT']],
    ['semicolons in quoted names', `drop table "a;""b"; select 1`, ['DROP TABLE', 'SELECT']],
    ['comments of both kinds, nested', '/* a; /* b; */ c; */ select 1 -- ; x\n; select 2', ['SELECT', 'SELECT']],
    ['dollar quotes with and without a tag', `do $$ begin; end $$; do $a$ $$; $a$; select $1; select 2`, ['DO', 'DO', 'SELECT', 'SELECT']],
    ['dollars inside names', 'select a$b$c; select 2', ['SELECT A$B$C', 'SELECT']],
    [
      'bodies in standard SQL',
      'create function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3',
      ['CREATE FUNCTION F', 'SELECT'],
    ],
    ['transaction control', 'BEGIN; commit; end; rollback to savepoint s', ['BEGIN', 'COMMIT', 'END', 'ROLLBACK TO SAVEPOINT']],
    ['what is not closed', `select 'abc; select 2`, ['SELECT']],
  ])('knows %s', (_what, script, words) => {
    expect(firstWords(script)).toEqual(words)
  })

  it('gives line and end of each statement, and whether it is closed', () => {
    expect(splitStatements('select\n1;\n\n  select 2')).toEqual([
      { words: ['SELECT'], line: 1, end: 9, isClosed: true },
      { words: ['SELECT'], line: 4, end: 21, isClosed: false },
    ])
  })

  it('reads a value of many megabytes in linear time', () => {
    const script = `insert into a values ('${"x''\\".repeat(1_000_000)}'); select 2`
    const started = performance.now()
    expect(splitStatements(script)).toHaveLength(2)
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
