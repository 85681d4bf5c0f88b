// Fails each external call of an action, in every mode, one run for each.
import type { Bindings } from "../../src/env.ts";
import type { Reply } from "./api.ts";
import { type Fault, faultModes } from "./faults.ts";
import { World } from "./world.ts";

interface Scene {
	/** The action that is interrupted. */
	act(): Promise<Reply | undefined>;
	/** Additional checks after everything has settled; returns problems. */
	check?(reply: Reply | undefined): Promise<readonly string[]>;
}

export interface Action {
	readonly name: string;
	readonly vars?: Partial<Bindings>;
	/** Services that the action must call, so that there is something to fail. */
	readonly mustCall: readonly string[];
	/** The time after which everything must be done, whatever failed; `PROMPT_MS` by default. */
	readonly withinMs?: number;
	prepare(world: World): Promise<Scene>;
}

/** Enough time for a lease, a first retry and a pause of the breaker. */
const PROMPT_MS = 600_000;

/** Longer than an isolate remembers a key, so that the key's look-up can fail too. */
const FORGOTTEN_MS = 61_000;

/** Runs the action without faults to list its calls, and then once for each call and mode. */
export async function failEachCall(
	action: Action,
): Promise<{ calls: readonly string[]; problems: string[] }> {
	const unharmed = await run(action, null);
	const faults = unharmed.calls.flatMap((_, index) => faultModes.map((mode) => ({ at: index + 1, mode })));
	const problems = [...unharmed.problems];
	for (const fault of faults) problems.push(...(await run(action, fault)).problems);
	return { calls: unharmed.calls, problems };
}

async function run(action: Action, fault: Fault | null) {
	const world = await World.open(action.vars);
	const scene = await action.prepare(world);
	world.advance(FORGOTTEN_MS);
	world.faults.arm(fault);
	const reply = await scene.act();
	const calls = world.faults.disarm();
	const healedAt = Date.now();
	await world.settle();
	const took = Date.now() - healedAt;
	const problems = [
		...(fault && calls.length < fault.at ? ["the fault was never met"] : []),
		...(took <= (action.withinMs ?? PROMPT_MS) ? [] : [`it took ${took / 1_000} s to end`]),
		...(fault || !reply || reply.status < 300 ? [] : [`unharmed it is ${reply.status}: ${reply.text}`]),
		...(await world.finalProblems({ unrecorded: fault ? 1 : 0 })),
		...((await scene.check?.(reply)) ?? []),
	];
	const where = fault
		? `${action.name}, call ${fault.at} of [${calls.join(", ")}], ${fault.mode}`
		: action.name;
	return { calls, problems: problems.map((problem) => `${where}: ${problem}`) };
}
