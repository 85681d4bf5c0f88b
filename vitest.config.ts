import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

const keyring = (fill: number) => `k1:${Buffer.alloc(32, fill).toString("base64")}`;

export default defineConfig(async () => ({
	plugins: [
		cloudflareTest({
			// The Worker under the platform's limits, which this machine's runtime has not all.
			main: "./scripts/platform/worker.ts",
			wrangler: { configPath: "./wrangler.toml" },
			miniflare: {
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
		include: ["test/**/*.test.ts"],
		// Those run the whole system, in Node: scripts/checks/test.ts.
		exclude: ["test/system/**"],
		globalSetup: ["./test/support/global-setup.ts"],
		setupFiles: ["./test/support/setup.ts"],
		// All the cores: one less than that, the default, is half of a small machine.
		maxWorkers: "100%",
		// Generous: a slow machine is no failing test.
		testTimeout: 60_000,
		hookTimeout: 60_000,
		silent: "passed-only",
	},
}));
