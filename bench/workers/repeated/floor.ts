// The floor Worker, which also handles requests repeatedly.
import worker from "../floor/index.ts";
import { repeated } from "./repeated.ts";

export { Limiter } from "../floor/index.ts";

export default { ...worker, fetch: repeated(worker.fetch) };
