import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, vi } from "vitest";

const STEP_MS = 50;
const QUIET_STEPS = 4;
const MOST_STEPS = 200;

await applyD1Migrations(env.DB, env.MIGRATIONS);

// The queue is real, and a delivery still on its way when the runtime is torn down would hang the whole run.
afterAll(async () => {
	vi.useRealTimers();
	const underWay = env.DB.prepare("SELECT count(*) AS n FROM deliveries WHERE lease IS NOT NULL");
	for (let step = 0, quiet = 0; step < MOST_STEPS && quiet < QUIET_STEPS; step += 1) {
		await new Promise((resolve) => setTimeout(resolve, STEP_MS));
		quiet = (await underWay.first<number>("n")) === 0 ? quiet + 1 : 0;
	}
});
