// The frame of a page: its heading with what can be done there, and its sections.
import type { ComponentChildren } from "preact";
import { useEffect, useId } from "preact/hooks";
import { href } from "../router.tsx";

interface HeadingProps {
	readonly title: ComponentChildren;
	/** Of the browser's tab, where `title` is no plain text. */
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
	/** Without a frame of its own. */
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

/** Names and their values. */
export function Facts({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) {
	return (
		<dl class="facts">
			{facts.map(([name, value]) => (
				<div key={name}>
					<dt>{name}</dt>
					<dd>{value ?? <span class="soft">–</span>}</dd>
				</div>
			))}
		</dl>
	);
}

/** One of a few views, each with an address. */
export function Tabs({
	name,
	tabs,
}: {
	name: string;
	tabs: readonly { path: string; text: string; current: boolean }[];
}) {
	return (
		<nav class="tabs" aria-label={name}>
			{tabs.map(({ path, text, current }) => (
				<a key={path} href={href(path)} aria-current={current ? "page" : undefined}>
					{text}
				</a>
			))}
		</nav>
	);
}
