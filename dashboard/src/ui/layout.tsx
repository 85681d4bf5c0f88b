// The layout of a page: its heading with actions, and its sections.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { href } from "../router.tsx";

interface HeadingProps {
	readonly title: ComponentChildren;
	/** The title of the browser's tab, if `title` is not plain text. */
	readonly tab?: string;
	readonly up?: { readonly path: string; readonly text: string };
	readonly about?: ComponentChildren;
	readonly actions?: ComponentChildren;
}

export function Heading({ title, tab, up, about, actions }: HeadingProps) {
	const name = tab ?? (typeof title === "string" ? title : "");
	useEffect(() => {
		document.title = `${name} · Leadwire`;
	}, [name]);
	return (
		<header class="heading">
			<div>
				{up ? (
					<a class="up" href={href(up.path)}>
						← {up.text}
					</a>
				) : null}
				<h1>{title}</h1>
				{about ? <p class="soft">{about}</p> : null}
			</div>
			{actions ? <div class="actions">{actions}</div> : null}
		</header>
	);
}

interface SectionProps {
	readonly title: string;
	readonly actions?: ComponentChildren;
	readonly children: ComponentChildren;
	/** Whether to omit the border. */
	readonly bare?: boolean;
}

export function Section({ title, actions, children, bare = false }: SectionProps) {
	const id = useId();
	return (
		<section aria-labelledby={id} class={bare ? "" : "card"}>
			<header>
				<h2 id={id}>{title}</h2>
				{actions ? <div class="actions">{actions}</div> : null}
			</header>
			{children}
		</section>
	);
}

/** A list of names and values. */
export function Facts({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) {
	return (
		<dl class="facts">
			{facts.map(([name, value], at) => (
				// Two may have the same name, such as a custom field and one of the API.
				<div key={`${name} ${at}`}>
					<dt>{name}</dt>
					<dd>{value ?? <span class="soft">–</span>}</dd>
				</div>
			))}
		</dl>
	);
}

/** Tabs, each with its own URL. */
export function Tabs({
	name,
	tabs,
}: {
	name: string;
	tabs: readonly { path: string; text: string; current: boolean }[];
}) {
	const bar = useRef<HTMLElement>(null);
	// On a narrow screen the current one may be out of sight. Only the bar is scrolled, not the page.
	useEffect(() => {
		const { current } = bar;
		const tab = current?.querySelector("[aria-current]")?.getBoundingClientRect();
		if (!current || !tab) return;
		const { left, width } = current.getBoundingClientRect();
		current.scrollLeft += tab.left - left - (width - tab.width) / 2;
	}, []);
	return (
		<nav class="tabs" aria-label={name} ref={bar}>
			{tabs.map(({ path, text, current }) => (
				<a key={path} href={href(path)} aria-current={current ? "page" : undefined}>
					{text}
				</a>
			))}
		</nav>
	);
}
