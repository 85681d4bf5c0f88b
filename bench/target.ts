// Controls server.ts: starts a server, makes organizations in it and calls its API.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repositoryRoot } from "../scripts/tools/tools.ts";
import type { Kind } from "./workers.ts";

/** The beginning of all paths. */
export const API = "/api/v1";

export interface Target {
	readonly kind: Kind;
	readonly url: string;
	/** The process of Miniflare; workerd is its child. */
	readonly pid: number;
	/** Host and port of the runtime's inspector; empty if it doesn't listen. */
	readonly inspector: string;
	organization(keys?: number): Promise<Organization>;
	/** Runs a statement on the server's database, not through its API; returns the rows, each as the list of its values. */
	execute(sql: string, values: readonly unknown[]): Promise<unknown[][]>;
	stop(): Promise<void>;
}

export interface Organization {
	/** The header that carries a key. */
	readonly keyHeader: string;
	/** The least recently used keys. */
	keys(count: number): string[];
	/** Makes one call with a key of its own; returns the body, and the D1 figures of counted.ts. */
	call<T>(method: string, path: string, body?: object): Promise<{ body: T; d1: string | null }>;
}

/**
 * Starts a server in a process of its own. Its data is deleted with it, unless a folder is given.
 * @param checkout the folder of another checkout of this repository, to start the Worker of that one
 */
export async function startTarget(
	kind: Kind,
	stateDir = "",
	inspected = false,
	checkout = repositoryRoot,
): Promise<Target> {
	const child = fork(join(checkout, "bench", "server.ts"), [
		kind,
		stateDir,
		...(inspected ? ["inspected"] : []),
	]);
	const next = async () => (await once(child, "message"))[0];
	const { url, inspector } = await Promise.race([
		next(),
		once(child, "exit").then(() => Promise.reject(new Error(`The ${kind} server did not start.`))),
	]);
	const origin = new URL(url).origin;
	return {
		kind,
		url: origin,
		pid: child.pid ?? 0,
		inspector,
		async organization(keys = 1_000) {
			if (kind === "bare") return organizationOf(origin, [""]);
			child.send({ organizationWithKeys: keys });
			return organizationOf(origin, (await next()).keys);
		},
		async execute(sql, values) {
			child.send({ sql, values });
			const { rows, error } = await next();
			if (error) throw new Error(error);
			return rows;
		},
		async stop() {
			child.kill();
			await once(child, "exit");
		},
	};
}

/** Calls the API at `url` with the keys of `pool`, in turn. */
export function organizationOf(url: string, pool: string[], keyHeader = "x-api-key"): Organization {
	const keys = (count: number) => {
		const taken = pool.splice(0, count);
		pool.push(...taken);
		return taken;
	};
	return {
		keyHeader,
		keys,
		async call<T>(method: string, path: string, body?: object) {
			const response = await fetch(`${url}${API}${path}`, {
				method,
				headers: { [keyHeader]: keys(1)[0] ?? "", "content-type": "application/json" },
				...(body ? { body: JSON.stringify(body) } : {}),
			});
			const text = await response.text();
			if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
			return { body: (text === "" ? undefined : JSON.parse(text)) as T, d1: response.headers.get("x-d1") };
		},
	};
}
