// CPU profiles of the isolates of a workerd process, over the DevTools protocol. All isolates run on one thread, and each is
// sampled only while it runs, so the number of samples says what an isolate costs however busy the machine is.
import { once } from "node:events";

/** Microseconds between two samples. */
export const INTERVAL_US = 400;

/** A function on the stack; `url` is empty for what is built in. Lines and columns are counted from 0. */
export interface Frame {
	readonly functionName: string;
	readonly url: string;
	readonly lineNumber: number;
	readonly columnNumber: number;
}

/** A stack, its innermost function first, and how often it was found. */
export interface Stack {
	readonly frames: readonly Frame[];
	readonly samples: number;
}

/** What each isolate did, by its name in workerd's configuration. */
type Profile = ReadonlyMap<string, readonly Stack[]>;

export interface Inspector {
	start(): Promise<void>;
	stop(): Promise<Profile>;
	/** What the heaps of the isolates hold without garbage. An idle isolate would not collect it: `wake` gives it something to do. */
	heapBytes(wake: () => Promise<unknown>): Promise<number>;
	close(): void;
}

interface ProfileNode {
	readonly id: number;
	readonly callFrame: Frame;
	readonly hitCount: number;
	readonly children?: readonly number[];
}

/**
 * Connects to the process whose inspector listens at `host`.
 * @param isWanted which isolates to profile, by name; each costs the process a thread that wakes up for every sample
 */
export async function openInspector(
	host: string,
	isWanted: (isolate: string) => boolean,
): Promise<Inspector> {
	const listed = (await (await fetch(`http://${host}/json`)).json()) as { readonly id: string }[];
	const isolates = await Promise.all(
		listed
			.filter(({ id }) => isWanted(id))
			.map(async ({ id }) => ({ id, ...(await connect(`ws://${host}/${id}`)) })),
	);
	for (const { ask } of isolates) {
		await ask("Profiler.enable");
		await ask("Profiler.setSamplingInterval", { interval: INTERVAL_US });
	}
	return {
		start: async () => void (await Promise.all(isolates.map(({ ask }) => ask("Profiler.start")))),
		async stop() {
			const stopped = isolates.map(async ({ id, ask }) => {
				const { profile } = await ask("Profiler.stop");
				return [id, stacksOf(profile.nodes)] as const;
			});
			return new Map(await Promise.all(stopped));
		},
		async heapBytes(wake) {
			const sizes = isolates.map(async ({ ask }) => {
				let isDone = false;
				const collecting = ask("HeapProfiler.collectGarbage").then(() => {
					isDone = true;
				});
				while (!isDone) await Promise.race([collecting, wake()]);
				return (await ask("Runtime.getHeapUsage")).usedSize;
			});
			return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
		},
		close() {
			for (const { socket } of isolates) socket.close();
		},
	};
}

/** Answers to what is asked of an isolate: each has what its question is about. */
interface Result {
	readonly profile: { readonly nodes: readonly ProfileNode[] };
	readonly usedSize: number;
}

/** Connects to one isolate. */
async function connect(url: string) {
	const socket = new WebSocket(url);
	await once(socket, "open");
	const waiting = new Map<number, (result: Result) => void>();
	socket.addEventListener("message", ({ data }) => {
		const { id, result } = JSON.parse(String(data));
		// The answer to what has no result repeats the question.
		waiting.get(id)?.(result);
		waiting.delete(id);
	});
	let asked = 0;
	const ask = (method: string, params: object = {}) => {
		asked += 1;
		socket.send(JSON.stringify({ id: asked, method, params }));
		return new Promise<Result>((answer) => waiting.set(asked, answer));
	};
	return { socket, ask };
}

/** The stacks of a profile, which is a tree of calls. */
function stacksOf(nodes: readonly ProfileNode[]): Stack[] {
	const parents = new Map(
		nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)),
	);
	return nodes
		.filter(({ hitCount, callFrame }) => hitCount > 0 && callFrame.functionName !== "(idle)")
		.map((node) => {
			const frames: Frame[] = [];
			for (let at: ProfileNode | undefined = node; at; at = parents.get(at.id)) frames.push(at.callFrame);
			return { frames, samples: node.hitCount };
		});
}
