// The environment variables of `npm start` and `npm run admin`.
import { join, resolve } from "node:path";
import { MAX_SHARDS } from "../../src/gate/api-key.ts";
import { repositoryRoot } from "./tools.ts";

/** The absolute path of the local data: `STATE_DIR`. */
export function stateDir(): string {
	return resolve(process.env.STATE_DIR || join(repositoryRoot, ".wrangler", "state"));
}

/** The minimum number of local databases: `SHARDS`. Throws an Error in plain words if it is invalid. */
export const shardCount = (): number => numberOf("SHARDS", "1", MAX_SHARDS);

/** The port to listen on: `PORT`. Throws an Error in plain words if it is invalid. */
export const portNumber = (): number => numberOf("PORT", "8787", 65_535);

/** A whole number, from 1 on. */
function numberOf(name: string, otherwise: string, most: number): number {
	const text = process.env[name] || otherwise;
	const number = Number(text);
	if (Number.isInteger(number) && number > 0 && number <= most) return number;
	throw new Error(`${name} is ${text}: give a number from 1 to ${most}.`);
}
