// The frame of every page: navigation, the signed-in key, and the usage of its rate limit.
import { useQuery } from "@tanstack/preact-query";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, callApi } from "./api.ts";
import { connection } from "./connection.ts";
import { formatClockTime } from "./format.ts";
import { Palette } from "./palette.tsx";
import { href, usePlace } from "./router.tsx";
import { useHasScope } from "./session.tsx";

const places = [
	{ path: "/", text: "Overview", icon: "M2.5 13.5v-5m4 5v-11m4 11v-7m4 7v-9" },
	{
		path: "/api-keys",
		text: "API keys",
		icon: "M10.5 9.5a4 4 0 1 0-3.6-2.3L2 12.1V14h2.4v-1.6H6v-1.6h1.6l1.2-1.6a4 4 0 0 0 1.7.3ZM11.3 4.8v.1",
	},
	{
		path: "/webhooks",
		text: "Webhooks",
		icon: "M6.3 5.6a2.3 2.3 0 1 1 2.9 1l2 3.6m.3 3.1a2.3 2.3 0 1 0-.9-3.1M4.6 9.5a2.3 2.3 0 1 0 1.7 2.6h5M4.5 11.8l2.7-4.9",
	},
	{ path: "/events", text: "Events", icon: "M9 1.5 3 9h4.5L7 14.5 13 7H8.5L9 1.5Z" },
	{ path: "/requests", text: "Requests", icon: "M2.5 3.5h11m-11 3h7m-7 3h11m-11 3h5" },
	{ path: "/data", text: "Data", icon: "M2.5 3.5h11v3h-11Zm0 3v6h11v-6M6.5 3.5v9" },
	{
		path: "/settings",
		text: "Settings",
		icon: "M2.5 4.5h6m3 0h2m-11 7h2m3 0h6M8.5 4.5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0m-4 7a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0",
	},
] as const;

/** The rate limit from the last answer, and what prevents requests. */
export function useConnection() {
	const read = () => ({ allowance: connection.allowance, trouble: connection.trouble });
	const [latest, setLatest] = useState(read);
	useEffect(() => {
		const changed = () => setLatest(read());
		changed();
		connection.addEventListener("change", changed);
		return () => connection.removeEventListener("change", changed);
	}, []);
	return latest;
}

/** Shows a notice that the page is outdated. */
function OutOfDate() {
	const { trouble } = useConnection();
	return (
		<div role="status">
			{trouble ? (
				<p class="notice bad">
					<strong>Not up to date.</strong> {trouble.message} What you see is from before{" "}
					{formatClockTime(trouble.since)}; this page tries again by itself.
				</p>
			) : null}
		</div>
	);
}

function Organization() {
	const { data } = useQuery({
		queryKey: ["organization"],
		queryFn: () => callApi(api.GET("/organization")),
		enabled: useHasScope("organization:read"),
	});
	return <span class="organization">{data?.name ?? "Leadwire"}</span>;
}

export function Shell({ children, onLeave }: { children: ComponentChildren; onLeave: () => void }) {
	const { path } = usePlace();
	const main = useRef<HTMLElement>(null);
	// After navigation the keyboard focus moves to the new page.
	useEffect(() => {
		if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
	}, [path]);
	return (
		<div class="shell">
			<a class="skip" href="#main">
				Skip to the page
			</a>
			<aside>
				<div class="side-bar">
					<a class="brand" href={href("/")}>
						<img src="/favicon.svg" alt="" width="24" height="24" />
						<Organization />
					</a>
					<nav aria-label="Dashboard">
						{places.map(({ path: to, text, icon }) => {
							const current = to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`);
							return (
								<a key={to} href={href(to)} aria-current={current ? "page" : undefined}>
									<svg viewBox="0 0 16 16" aria-hidden="true">
										<path d={icon} />
									</svg>
									{text}
								</a>
							);
						})}
					</nav>
					<div class="foot">
						<a href="/docs" target="_blank" rel="noreferrer">
							API reference
						</a>
						<button type="button" class="plain" onClick={onLeave}>
							Sign out
						</button>
					</div>
				</div>
			</aside>
			<Palette places={places} />
			<main id="main" ref={main} tabIndex={-1}>
				<OutOfDate />
				{children}
			</main>
		</div>
	);
}
