import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

const keyring = (fill: number) => `k1:${Buffer.alloc(32, fill).toString("base64")}`;

// One for all projects, and said once.
process.env.HISTORY_SEED ??= String(Math.floor(Math.random() * 2 ** 31));

/** The tests of an application that has so many databases. */
const project = async (name: string, shards: number, include: string[], exclude: string[] = []) => ({
	plugins: [
		cloudflareTest({
			// The Worker under the platform's limits, which this machine's runtime has not all.
			main: "./scripts/platform/worker.ts",
			wrangler: { configPath: "./wrangler.toml" },
			miniflare: {
				d1Databases: Array.from({ length: shards - 1 }, (_, index) => `DB_${index + 1}`),
				bindings: {
					KEY_PEPPER: keyring(1),
					ENCRYPTION_KEY: keyring(2),
					ALLOW_INSECURE_TARGETS: "true",
					PUBLIC_HOSTS: "api.leadwire.test",
					MIGRATIONS: await readD1Migrations("./migrations"),
				},
			},
		}),
	],
	test: {
		name,
		include,
		exclude,
		globalSetup: ["./test/support/global-setup.ts"],
		setupFiles: ["./test/support/setup.ts"],
		// Generous: a slow machine is no failing test.
		testTimeout: 60_000,
		hookTimeout: 60_000,
	},
});

/** What is tested again with organizations dealt out to three databases: a few of each kind, or with SHARDS=all whole rooms. */
const AGAIN =
	process.env.SHARDS === "all"
		? ["test/{contract,gate,delivery}/**/*.test.ts"]
		: [
				"test/contract/{answers,references,writes,idempotency-failures}.test.ts",
				"test/gate/{api-keys,made-up,resealing,session}.test.ts",
				"test/delivery/{consumer,outbox,histories}.test.ts",
			];

export default defineConfig(async () => ({
	test: {
		projects: [
			await project("one database", 1, ["test/**/*.test.ts"], ["test/shards/**", "test/system/**"]),
			await project("three databases", 3, ["test/shards/**/*.test.ts", ...AGAIN]),
		],
		// All the cores: one less than that, the default, is half of a small machine.
		maxWorkers: "100%",
		silent: "passed-only" as const,
	},
}));
