// Our Worker, which also handles requests repeatedly.
import worker from "../../../src/index.ts";
import { repeated } from "./repeated.ts";

export { KeyLimiter } from "../../../src/index.ts";

export default { ...worker, fetch: repeated(worker.fetch) };
