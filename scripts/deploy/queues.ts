// Refuses queues that nobody reads, before anything is deployed.

/** Throws an Error in plain words when there is such a queue: what is written to it would never be sent. */
export function requireConsumers(unreadQueues: readonly string[]): void {
	if (unreadQueues.length === 0) return;
	const names = unreadQueues.map((queue) => `"${queue}"`).join(", ");
	throw new Error(
		`wrangler.toml has no [[queues.consumers]] for ${names}: webhooks that are woken through it would wait for ever.`,
	);
}
