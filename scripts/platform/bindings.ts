// The Worker's bindings and global `fetch` with the platform's limits.
/// <reference path="./node.d.ts" />
import { AsyncLocalStorage } from "node:async_hooks";
import { limitedDatabase, withMembers } from "./d1.ts";
import { Invocation } from "./invocation.ts";
import { exceedsBytes, maxOf } from "./limits.ts";

const current = new AsyncLocalStorage<Invocation>();
const counted = new WeakSet<typeof fetch>();

/**
 * Runs a handler as one invocation: calls to its bindings and to the global `fetch` are counted together.
 * @param request whether the invocation handles an HTTP request
 */
export function runInvocation<Env extends object, T>(env: Env, handler: (env: Env) => T, request = false): T {
	const invocation = new Invocation(request);
	countFetch();
	return current.run(invocation, () => handler(limited(env, invocation)));
}

function limited<Env extends object>(env: Env, invocation: Invocation): Env {
	return Object.fromEntries(
		Object.entries(env).map(([name, binding]) => [name, limitedBinding(binding, invocation)]),
	) as Env;
}

function limitedBinding(binding: unknown, invocation: Invocation): unknown {
	if (typeof binding !== "object" || binding === null) return binding;
	// A fetcher has a property for every name, because each could be a remote method.
	if (binding.constructor?.name === "Fetcher") return limitedFetcher(binding as Fetcher, invocation);
	if ("prepare" in binding) return limitedDatabase(binding as D1Database, invocation);
	if ("sendBatch" in binding) return limitedQueue(binding as Queue, invocation);
	if ("idFromName" in binding || "getByName" in binding)
		return limitedNamespace(binding as DurableObjectNamespace, invocation);
	return binding;
}

function limitedQueue(queue: Queue, invocation: Invocation): Queue {
	return withMembers(queue, {
		send(body: unknown, options?: QueueSendOptions) {
			checkMessages([{ ...options, body }]);
			return invocation.useConnection(() => queue.send(body, options));
		},
		async sendBatch(messages: Iterable<MessageSendRequest>, options?: QueueSendBatchOptions) {
			const all = [...messages];
			checkMessages(all, options);
			return invocation.useConnection(() => queue.sendBatch(all, options));
		},
	});
}

function checkMessages(messages: readonly MessageSendRequest[], options: QueueSendBatchOptions = {}): void {
	if (messages.length === 0) throw new TypeError("sendBatch() requires at least one message");
	if (messages.length > maxOf("messagesPerSend"))
		throw new Error("Queue sendBatch failed: Too many messages");
	const bodies = messages.map(({ body }) => JSON.stringify(body) ?? "");
	// The queue's own metadata counts as part of a message.
	if (bodies.some((body) => exceedsBytes(body, maxOf("messageBytes") - 100)))
		throw new Error("Queue sendBatch failed: Message too large");
	if (exceedsBytes(bodies.join(""), maxOf("sendBytes")))
		throw new Error("Queue sendBatch failed: Payload Too Large");
	for (const { delaySeconds = options.delaySeconds ?? 0 } of messages) {
		if (!Number.isInteger(delaySeconds) || delaySeconds < 0 || delaySeconds > maxOf("delaySeconds"))
			throw new Error("Queue sendBatch failed: Invalid delay");
	}
}

/** Calls to a Durable Object are subrequests, but not connections: the documentation doesn't list them as such. */
function limitedNamespace(namespace: DurableObjectNamespace, invocation: Invocation): DurableObjectNamespace {
	const limitedStub = (stub: object) =>
		new Proxy(stub, {
			get(_, name) {
				const member: unknown = Reflect.get(stub, name);
				if (typeof member !== "function") return member;
				return (...values: unknown[]) => {
					invocation.countSubrequest();
					return Reflect.apply(member, stub, values);
				};
			},
		});
	return withMembers(namespace, {
		get: (...values: Parameters<typeof namespace.get>) => limitedStub(namespace.get(...values)),
		getByName: (...values: Parameters<typeof namespace.getByName>) =>
			limitedStub(namespace.getByName(...values)),
	});
}

function limitedFetcher(fetcher: Fetcher, invocation: Invocation): Fetcher {
	return withMembers(fetcher, {
		fetch(...values: Parameters<Fetcher["fetch"]>) {
			invocation.countSubrequest();
			return fetcher.fetch(...values);
		},
	});
}

/** Wraps the global `fetch` with a counter, even if a test has replaced it. */
function countFetch(): void {
	const bare = globalThis.fetch;
	if (counted.has(bare)) return;
	const over: typeof fetch = (...values: Parameters<typeof fetch>) => {
		const invocation = current.getStore();
		const call = () => bare.apply(globalThis, values);
		return invocation ? invocation.useConnection(call) : call();
	};
	counted.add(over);
	globalThis.fetch = over;
}
