// Loads every lib, so that each has registered its errors, and hands the list to the reference generator.
import './app.module.ts'

export { listErrors } from '#libs/kernel'
