// Builds the dashboard into the Worker's assets. Nothing is inlined, because the content security policy only allows files.
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
	// For `npx vite dashboard` with `npm start` running.
	server: { proxy: { "^/(api/|dashboard/session|favicon.svg)": "http://localhost:8787" } },
});
