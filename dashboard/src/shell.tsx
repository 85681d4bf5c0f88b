// The frame of every page: navigation, the signed-in key, and the usage of its rate limit.
import { useQuery } from "@tanstack/preact-query";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, callApi } from "./api.ts";
import { Boundary } from "./boundary.tsx";
import { connection } from "./connection.ts";
import { formatClockTime } from "./format.ts";
import { Palette } from "./palette.tsx";
import { navigation } from "./places.ts";
import { href, usePlace } from "./router.tsx";
import { useHasScope } from "./session.tsx";
import { leave } from "./unsaved.ts";

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
	return (
		<span class="organization" title={data?.name}>
			{data?.name ?? "Leadwire"}
		</span>
	);
}

export function Shell({ children, onLeave }: { children: ComponentChildren; onLeave: () => void }) {
	const { path, search } = usePlace();
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
					<Palette />
					<nav aria-label="Dashboard">
						{navigation.map(({ path: to, text, icon }) => {
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
						<button type="button" class="plain" onClick={() => leave({ go: onLeave })}>
							Sign out
						</button>
					</div>
				</div>
			</aside>
			<main id="main" ref={main} tabIndex={-1}>
				<OutOfDate />
				<Boundary address={`${path}?${search}`}>{children}</Boundary>
			</main>
		</div>
	);
}
