import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { CONCURRENT_FILES } from "./scripts/checks/suites.ts";
import { bundledSources } from "./scripts/checks/test-bundle.ts";
import { schemaAfter } from "./scripts/checks/test-schema.ts";

const keyring = (fill: number) => `k1:${Buffer.alloc(32, fill).toString("base64")}`;

// One for all projects, and said once.
process.env.HISTORY_SEED ??= String(Math.floor(Math.random() * 2 ** 31));

/** Packages that tests import themselves. They are bundled once: a file's runtime asks for their modules one by one. */
const BUNDLED = ["@hono/zod-openapi", "drizzle-orm", "drizzle-orm/sqlite-core", "hono/router/trie-router"];

interface Tests {
	readonly include: string[];
	readonly exclude?: string[];
	/** Whether its files share runtimes and databases; else each has its own, which take a second to start. */
	readonly together?: true;
}

/** The tests of an application that has so many databases, with the statements of the schema that the migrations make. */
const project = (
	name: string,
	schema: readonly string[],
	shards: number,
	{ include, exclude = [], together }: Tests,
) => ({
	plugins: [
		bundledSources(),
		cloudflareTest({
			// The Worker under the platform's limits, which this machine's runtime has not all.
			main: "./scripts/platform/worker.ts",
			wrangler: { configPath: "./wrangler.toml" },
			miniflare: {
				// Two more that are copies of the others where a test has read replicas: test/support/replicas.ts.
				d1Databases: [
					...Array.from({ length: shards - 1 }, (_, index) => `DB_${index + 1}`),
					...["COPY_1", "COPY_2"],
				],
				bindings: {
					KEY_PEPPER: keyring(1),
					ENCRYPTION_KEY: keyring(2),
					ALLOW_INSECURE_TARGETS: "true",
					PUBLIC_HOSTS: "api.leadwire.test",
					// It writes some time after answers, which would disturb the tests that count and fail statements.
					REQUEST_LOG_DAYS: "0",
					SCHEMA: [...schema],
				},
			},
		}),
	],
	test: {
		name,
		include,
		exclude,
		...(together ? { isolate: false, restoreMocks: true, unstubGlobals: true } : {}),
		globalSetup: ["./test/support/global-setup.ts"],
		setupFiles: ["./test/support/setup.ts"],
		// Generous: a slow machine is no failing test.
		testTimeout: 60_000,
		hookTimeout: 60_000,
		deps: { optimizer: { ssr: { enabled: true, include: BUNDLED } } },
	},
});

/**
 * Tests that depend on nothing that others leave behind: each makes organizations of its own, and none sweeps a database, counts
 * what is in all of it, or replaces what it is asked through.
 */
const TOGETHER = [
	"test/{crm,custom-fields,events,gate,mcp,moving,public-forms,sdk,site,text,unit}/**/*.test.ts",
];

/** Tests that use no database. */
const WITHOUT_DATABASE = ["test/{unit,text}/**", "test/contract/{imports,tenant-filter,wrangler}.test.ts"];
/** What is tested again with organizations dealt out to three databases; all of it by `npm run test:shards`. */
const AGAIN: Tests =
	process.env.SHARDS === "all"
		? {
				include: ["test/**/*.test.ts"],
				// What a sweep of one database costs is counted with one.
				exclude: [...WITHOUT_DATABASE, "test/contract/costs.test.ts", "test/system/**"],
			}
		: {
				include: [
					"test/{shards,gate,delivery}/**/*.test.ts",
					// Of the contract what finds rows by ids, counts calls, and repeats writes; not what one statement answers.
					"test/contract/{access,batch-budget,batches,budget,idempotency,references,tenants}.test.ts",
				],
				// Minutes of waits of one isolate, and of crashes at each call.
				exclude: ["test/delivery/{crash-deliveries,crash-line,lanes,slow}.test.ts"],
			};

export default defineConfig(async () => {
	const schema = schemaAfter(await readD1Migrations("./migrations"));
	return {
		test: {
			projects: [
				project("one database", schema, 1, {
					include: ["test/**/*.test.ts"],
					exclude: [...TOGETHER, "test/shards/**", "test/system/**"],
				}),
				project("one database, together", schema, 1, { include: TOGETHER, together: true }),
				project("three databases", schema, 3, AGAIN),
			],
			maxWorkers: CONCURRENT_FILES,
			silent: "passed-only" as const,
		},
	};
});
