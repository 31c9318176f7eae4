import { ActionIcon, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { GraphQLSchema } from 'graphql'
import { IconArrowLeft, IconFilePlus, IconRefresh, IconSearch } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { SkeletonRows } from '../../design/delayed.tsx'
import { ErrorPanel } from '../../design/error-panel.tsx'
import { PaneList } from '../../frame/pane-list.tsx'
import split from '../../frame/split.module.css'
import styles from './docs.module.css'
import { exampleOperation } from './example-operation.ts'
import { type DocsField, type DocsPlace, fieldsOf, kindOf, possibleTypes, searchSchema } from './schema-index.ts'

/** What the role may ask for: types, fields and arguments to walk through and search. */
export function DocsPane({
  schema,
  error,
  path,
  onPath,
  onRefresh,
  onUse,
}: {
  schema: GraphQLSchema | undefined
  error: Error | null
  /** The places one has walked through, the shown one last. */
  path: readonly DocsPlace[]
  onPath: (path: readonly DocsPlace[]) => void
  onRefresh: () => void
  /** Opens an operation. */
  onUse: (document: string) => void
}) {
  const [words, setWords] = useState('')
  const [wanted] = useDebouncedValue(words, 120)
  const go = (place: DocsPlace) => {
    setWords('')
    onPath([...path, place])
  }
  const place = path.at(-1)
  return (
    <>
      <div className={split.head}>
        {place === undefined ? (
          <h2 className={styles.title}>Schema</h2>
        ) : (
          <div className={styles.back}>
            <ActionIcon aria-label="Back" onClick={() => onPath(path.slice(0, -1))}>
              <IconArrowLeft size={16} />
            </ActionIcon>
            <h2 className={styles.title}>{place.field ?? place.type}</h2>
          </div>
        )}
        <Tooltip label="Read the schema again">
          <ActionIcon aria-label="Read the schema again" onClick={onRefresh}>
            <IconRefresh size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={split.tools}>
        <TextInput
          aria-label="Search the schema"
          placeholder="Search types and fields"
          leftSection={<IconSearch size={14} />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && words !== '') {
              event.stopPropagation()
              setWords('')
            }
          }}
        />
      </div>
      {schema === undefined ? (
        error === null ? (
          <SkeletonRows />
        ) : (
          <div className={styles.pad}>
            <ErrorPanel title="The schema cannot be read" error={error} onRetry={onRefresh} />
          </div>
        )
      ) : words.trim() !== '' && wanted.trim() !== '' ? (
        <Found schema={schema} words={wanted} onGo={go} />
      ) : place === undefined ? (
        <Roots schema={schema} onGo={go} />
      ) : (
        <Place schema={schema} place={place} onGo={go} onUse={onUse} />
      )}
    </>
  )
}

function Roots({ schema, onGo }: { schema: GraphQLSchema; onGo: (place: DocsPlace) => void }) {
  const roots = [
    ['Query', schema.getQueryType()],
    ['Mutation', schema.getMutationType()],
    ['Subscription', schema.getSubscriptionType()],
  ] as const
  const types = useMemo(() => Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__')), [schema])
  const objects = types
    .filter((type) => kindOf(type) === 'object' && !roots.some(([, root]) => root === type))
    .sort((a, b) => a.name.localeCompare(b.name))
  return (
    <PaneList label="Schema">
      {roots.map(([label, type]) =>
        type === null || type === undefined ? null : (
          <Row key={label} name={label} note={`${Object.keys(type.getFields()).length} fields`} onClick={() => onGo({ type: type.name })} />
        ),
      )}
      <li className={styles.heading}>Types</li>
      {objects.slice(0, 400).map((type) => (
        <Row key={type.name} name={type.name} note="" onClick={() => onGo({ type: type.name })} />
      ))}
      {objects.length > 400 ? <li className={split.nothing}>{objects.length - 400} more: search for them.</li> : null}
    </PaneList>
  )
}

function Found({ schema, words, onGo }: { schema: GraphQLSchema; words: string; onGo: (place: DocsPlace) => void }) {
  const { found, more } = useMemo(() => searchSchema(schema, words), [schema, words])
  if (found.length === 0) return <p className={styles.nothing}>Nothing has that name or description.</p>
  return (
    <PaneList label="Found in the schema">
      {found.map((place) => (
        <Row
          key={`${place.type}.${place.field ?? ''}`}
          name={place.field ?? place.type}
          note={place.field === undefined ? kindOf(schema.getType(place.type)!) : place.type}
          onClick={() => onGo(place)}
        />
      ))}
      {more ? <li className={split.nothing}>More than these: write more of the name.</li> : null}
    </PaneList>
  )
}

function Row({ name, note, onClick }: { name: string; note: string; onClick: () => void }) {
  return (
    <li>
      <button type="button" className={split.item} onClick={onClick}>
        <span className={split.itemName}>{name}</span>
        <span className={styles.rowNote}>{note}</span>
      </button>
    </li>
  )
}

interface PlaceProps {
  readonly schema: GraphQLSchema
  readonly place: DocsPlace
  readonly onGo: (place: DocsPlace) => void
  readonly onUse: (document: string) => void
}

function Place({ schema, place, onGo, onUse }: PlaceProps) {
  const type = schema.getType(place.type)
  if (type === undefined) return <p className={styles.nothing}>This role has no type {place.type}.</p>
  const fields = fieldsOf(type)
  const field = place.field === undefined ? undefined : fields.find(({ name }) => name === place.field)
  const inside = possibleTypes(schema, type)
  return (
    <div className={styles.page}>
      {field === undefined ? (
        <>
          <p className={styles.kind}>{kindOf(type)}</p>
          {type.description === null || type.description === undefined ? null : <p className={styles.text}>{type.description}</p>}
          {fields.map((one) => (
            <Field key={one.name} field={one} parent={type.name} schema={schema} onGo={onGo} onUse={onUse} />
          ))}
          {inside.map((name) => (
            <TypeLink key={name} text={name} name={name} onGo={onGo} />
          ))}
        </>
      ) : (
        <>
          <p className={styles.kind}>
            field of <TypeLink text={type.name} name={type.name} onGo={onGo} />
          </p>
          <Field field={field} parent={type.name} schema={schema} onGo={onGo} onUse={onUse} isWhole />
        </>
      )}
    </div>
  )
}

function Field({
  field,
  parent,
  schema,
  isWhole = false,
  onGo,
  onUse,
}: Omit<PlaceProps, 'place'> & { field: DocsField; parent: string; isWhole?: boolean }) {
  const example = useMemo(() => exampleOperation(schema, parent, field.name), [schema, parent, field.name])
  return (
    <section className={styles.field} aria-label={field.name}>
      <div className={styles.signature}>
        <code>
          {isWhole ? (
            field.name
          ) : (
            <button type="button" className={styles.name} onClick={() => onGo({ type: parent, field: field.name })}>
              {field.name}
            </button>
          )}
          {field.type === '' ? null : (
            <>
              : <TypeLink text={field.type} name={field.typeName} onGo={onGo} />
            </>
          )}
        </code>
        {example === undefined ? null : (
          <Tooltip label={`Open an operation with ${field.name}`}>
            <ActionIcon size={22} aria-label={`Open an operation with ${field.name}`} onClick={() => onUse(example)}>
              <IconFilePlus size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {field.description === undefined ? null : <p className={styles.text}>{field.description}</p>}
      {field.deprecated === undefined ? null : <p className={styles.text}>Deprecated: {field.deprecated}</p>}
      {field.arguments.length === 0 || !isWhole ? null : (
        <dl className={styles.arguments}>
          {field.arguments.map((argument) => (
            <div key={argument.name}>
              <dt>
                <code>
                  {argument.name}: <TypeLink text={String(argument.type)} name={String(argument.type).replace(/[[\]!]/g, '')} onGo={onGo} />
                </code>
              </dt>
              {argument.description === null || argument.description === undefined ? null : <dd>{argument.description}</dd>}
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

function TypeLink({ text, name, onGo }: { text: string; name: string; onGo: (place: DocsPlace) => void }) {
  return (
    <button type="button" className={styles.type} onClick={() => onGo({ type: name })}>
      {text}
    </button>
  )
}
