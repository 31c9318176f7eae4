// POST /rest/v1/batch: several requests in one transaction, each planned and answered as it would be alone. Everything
// that can be refused without the database is refused before the first step runs.
import { bodyText, bodyUseOf, readBody, type RequestBody } from '../parse/body.ts'
import { restError } from '../rest.errors.ts'
import { responseOf, type PlanResult, type Response } from '../serve/answer.ts'
import { firstIndexOf, type RestPlan } from '../serve/rest-plan.ts'
import { exactText, parseBatch, parseExact, type ExactJson } from './exact-json.ts'
import { valueAt, type Reference } from './references.ts'
import { StepFailure } from './step-failure.ts'
import { bodyTextOf, queryOf, readSteps, type Step } from './steps.ts'

/** Says that a body is a batch even where a table is called `batch`. */
export const BATCH_TYPE = 'application/vnd.plinth.batch+json'

/** One large value that is referred to again and again would make a body of any size. */
const REFERRED_CHARS_MAX = 10_000_000

/** A step as a request of its own. */
export interface StepRequest {
  readonly method: Step['method']
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: RequestBody | undefined
}

/** A step that has its plan. */
export interface PlannedStep {
  readonly plan: RestPlan
  readonly slots: readonly string[]
  readonly body: RequestBody | undefined
  readonly method: string
  readonly path: string
  /** Content-Location of a read. */
  readonly address: string
}

/** What the routes lend a batch. */
export interface BatchHost {
  /** Plans a step as the routes plan a request. */
  plan(step: StepRequest): Promise<PlannedStep>
  /** Runs `work` in one transaction that can do what these plans do. */
  together<T>(plans: readonly RestPlan[], work: (run: (step: PlannedStep) => Promise<PlanResult>) => Promise<T>): Promise<T>
}

/** Answers a batch: `{"results": […]}` as text. `prefer` is that of all steps. */
export async function answerBatch(bytes: Buffer | undefined, prefer: string | undefined, host: BatchHost): Promise<string> {
  const body = await readBody(bytes ?? Buffer.from('null'), undefined, { isCall: true, hasColumns: true })
  const steps = readSteps(parseBatch(bodyText(body, 'whole')))
  const plans = await planAll(steps, prefer, host)
  const results = await host.together([...plans.values()], async (run) => {
    const answers = new Answers()
    for (const step of steps) await of(step, async () => answers.add(step.id, await runStep(step, prefer, host, run, answers)))
    return answers.texts
  })
  return `{"results":[${results.join(',')}]}`
}

/** Plans every step with stand-ins for what only the run will tell: names, rows and headers do not depend on it. */
async function planAll(steps: readonly Step[], prefer: string | undefined, host: BatchHost): Promise<ReadonlyMap<string, RestPlan>> {
  const plans = new Map<string, RestPlan>()
  for (const step of steps) {
    await of(step, async () => {
      for (const reference of step.references) {
        if (plans.get(reference.step)!.answer.hasBody) continue
        throw restError('invalid_batch', {
          reason: `The answer of step ${JSON.stringify(reference.step)} has no body to refer to; a write gives one with Prefer: return=representation`,
        })
      }
      plans.set(step.id, (await host.plan(await requestOf(step, prefer, () => '0'))).plan)
    })
  }
  return plans
}

async function runStep(
  step: Step,
  prefer: string | undefined,
  host: BatchHost,
  run: (step: PlannedStep) => Promise<PlanResult>,
  answers: Answers,
): Promise<Response> {
  const planned = await host.plan(await requestOf(step, prefer, (reference) => answers.find(reference)))
  const { plan, slots, address } = planned
  return responseOf(plan.answer, await run(planned), firstIndexOf(plan.answer, slots), address)
}

async function requestOf(step: Step, prefer: string | undefined, find: (reference: Reference) => ExactJson): Promise<StepRequest> {
  const { method, path, headers } = step
  const query = queryOf(step, find)
  const use = bodyUseOf(path.startsWith('rpc/'), query)
  const hasBody = method === 'POST' || method === 'PATCH' || method === 'PUT'
  const body = hasBody ? await readBody(Buffer.from(bodyTextOf(step, find) ?? ''), undefined, use) : undefined
  const preferences = [prefer, headers['prefer']].filter((header) => header !== undefined).join(',')
  return { method, path, query, body, headers: preferences === '' ? headers : { ...headers, prefer: preferences } }
}

async function of<T>(step: Step, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new StepFailure(step.id, error)
  }
}

/** The answers so far. */
class Answers {
  readonly texts: string[] = []
  private readonly bodies = new Map<string, string>()
  private readonly parsed = new Map<string, ExactJson>()
  private referredChars = 0

  add(id: string, { status, headers, body }: Response): void {
    const text =
      body === undefined ? 'null' : isJson(headers['content-type']) ? String(body) : JSON.stringify(body.toString(encodingOf(body)))
    this.bodies.set(id, text)
    this.texts.push(`{"id":${JSON.stringify(id)},"status":${status},"headers":${JSON.stringify(headers)},"body":${text}}`)
  }

  find(reference: Reference): ExactJson {
    let body = this.parsed.get(reference.step)
    if (body === undefined) {
      body = parseExact(this.bodies.get(reference.step)!)
      this.parsed.set(reference.step, body)
    }
    const value = valueAt(body, reference)
    this.referredChars += typeof value === 'string' ? value.length : exactText(value).length
    if (this.referredChars > REFERRED_CHARS_MAX)
      throw restError('too_complex', { limit: REFERRED_CHARS_MAX, what: 'characters in values that are referred to' })
    return value
  }
}

function isJson(contentType: string | string[] | undefined): boolean {
  return /^application\/(?:[\w.]+\+)?json\b/.test(String(contentType))
}

/** Bytes have no place in JSON but as base64. */
function encodingOf(body: string | Buffer): BufferEncoding | undefined {
  return typeof body === 'string' ? undefined : 'base64'
}
