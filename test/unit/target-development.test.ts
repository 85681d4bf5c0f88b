// Webhook URLs that are allowed in development alone: plain HTTP to this machine.
import { expect, it } from "vitest";
import { targetProblem } from "../../src/delivery/target.ts";
import { IP, insecure, NOT_FULL, OWN, PORT, RAW, SCHEME, USER } from "./targets.ts";

it.each([
	"http://localhost:9000/hook",
	"http://localhost/",
	"http://127.0.0.1:1/",
	"http://127.0.0.1:65535/x?y",
	"HTTP://LOCALHOST:9000",
])("%s may be called", (url) => {
	expect(targetProblem(url, insecure)).toBeNull();
	expect(targetProblem(url, { ...insecure, allowInsecure: false })).toBe(SCHEME);
});

it.each([
	["https://localhost:9000/", PORT],
	["https://localhost/", NOT_FULL],
	["https://127.0.0.1/", IP],
	["http://localhost.:9000/", SCHEME],
	["http://a.localhost:9000/", SCHEME],
	["http://127.0.0.2:9000/", SCHEME],
	["http://[::1]:9000/", SCHEME],
	["http://[::ffff:127.0.0.1]:9000/", SCHEME],
	["http://0.0.0.0:9000/", SCHEME],
	["http://169.254.169.254/", SCHEME],
	["http://example.com/", SCHEME],
	["http://user@localhost:9000/", USER],
	["http://localhost:9000/ ", RAW],
	["http://localhost:8787/api/v1/leads", OWN],
	["http://127.0.0.1:8787/api/v1/leads", OWN],
])("%s is still refused", (url, problem) => {
	expect(targetProblem(url, insecure)).toBe(problem);
});

it("distinguishes a port of our own host from the default one", () => {
	expect(targetProblem("http://localhost/", { ...insecure, ownHosts: ["127.0.0.1"] })).toBe(OWN);
	expect(targetProblem("http://localhost:80/", { ...insecure, ownHosts: ["127.0.0.1"] })).toBe(OWN);
	expect(targetProblem("http://localhost:8080/", { ...insecure, ownHosts: ["127.0.0.1"] })).toBeNull();
});
