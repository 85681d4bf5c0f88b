// Builds the dashboard into the assets that the Worker serves. Nothing is inlined: the page's policy takes files alone.
import { join } from "node:path";
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

export default defineConfig({
	root: import.meta.dirname,
	base: "/dashboard/",
	plugins: [preact()],
	build: {
		outDir: join(import.meta.dirname, "..", "dist", "assets", "dashboard"),
		emptyOutDir: true,
		assetsInlineLimit: 0,
		modulePreload: false,
		target: "es2023",
	},
	// `npx vite dashboard`, beside a running `npm start`.
	server: { proxy: { "^/(api/|dashboard/session|favicon.svg)": "http://localhost:8787" } },
});
