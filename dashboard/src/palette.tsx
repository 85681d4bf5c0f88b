// The command palette: a button or Ctrl+K (⌘K on Macs) finds pages, commands and records by a few letters.
import { useQuery } from "@tanstack/preact-query";
import { useEffect, useState } from "preact/hooks";
import { fieldLabel } from "./format.ts";
import { nouns } from "./pages/data/files/nouns.ts";
import { furtherPlaces, navigation } from "./places.ts";
import { records } from "./records.ts";
import { nameOf, pathOf, resources } from "./resources.ts";
import { visit } from "./router.tsx";
import { hasScope, useSession } from "./session.tsx";
import { useSettled } from "./settled.ts";
import { Dialog, isInsisting } from "./ui/dialog.tsx";

interface Command {
	readonly text: string;
	readonly about: string;
	readonly path: string;
	/** Which the key must have. */
	readonly scope?: string;
}

const SHOWN = 10;
/** Records of these resources are searched. */
const SEARCHED = ["leads", "clients", "deals", "tasks"];
const FOUND_EACH = 3;
const MIN_LETTERS = 2;

const KEYS = navigator.platform.startsWith("Mac") ? "⌘K" : "Ctrl K";

/** The button that opens the palette, as its key does on every page. */
export function Palette() {
	const [isOpen, setIsOpen] = useState(false);
	useEffect(() => {
		const pressed = (event: KeyboardEvent) => {
			if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
			event.preventDefault();
			if (!isInsisting()) setIsOpen(true);
		};
		addEventListener("keydown", pressed);
		return () => removeEventListener("keydown", pressed);
	}, []);
	return (
		<>
			<button type="button" class="find" aria-keyshortcuts="Control+K Meta+K" onClick={() => setIsOpen(true)}>
				<svg viewBox="0 0 16 16" aria-hidden="true">
					<path d="M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.5-1.5L14 14" />
				</svg>
				<span>Go to …</span>
				<kbd>{KEYS}</kbd>
			</button>
			{isOpen ? <Finder onClose={() => setIsOpen(false)} /> : null}
		</>
	);
}

/** All commands: the pages, the lists, and what can be created. */
const knownCommands: readonly Command[] = [
	...[...navigation, ...furtherPlaces].map((place) => ({ about: "Page", ...place })),
	...resources.map((resource) => ({
		text: fieldLabel(resource.path),
		about: "List",
		path: pathOf(resource),
	})),
	...resources.map((resource) => ({
		text: `New ${resource.noun}`,
		about: "Create",
		path: `${pathOf(resource)}/new`,
		scope: `${resource.path}:write`,
	})),
	...nouns.map((noun) => ({
		text: `Import or export ${noun}`,
		about: "Files",
		path: `/data/${noun}/files`,
	})),
];

/** Whether each word of `typed` begins a word of `text`. */
const matches = (text: string, typed: string) => {
	const words = text.toLowerCase().split(/\s+/);
	return typed
		.toLowerCase()
		.split(/\s+/)
		.every((part) => words.some((word) => word.startsWith(part)));
};

function useFoundRecords(typed: string): readonly Command[] {
	const session = useSession();
	const searched = resources.filter(
		({ path }) => SEARCHED.includes(path) && hasScope(session, `${path}:read`),
	);
	const found = useQuery({
		queryKey: ["palette", typed],
		enabled: typed.length >= MIN_LETTERS,
		queryFn: async () => {
			const lists = searched.map(async (resource) => {
				const { items } = await records.list(resource, { limit: FOUND_EACH, search: typed });
				return items.map((entry) => ({
					text: nameOf(resource, entry),
					about: resource.noun,
					path: pathOf(resource, entry.id),
				}));
			});
			return (await Promise.all(lists)).flat();
		},
	});
	return found.data ?? [];
}

function Finder({ onClose }: { readonly onClose: () => void }) {
	const [typed, setTyped] = useState("");
	/** The path of the command that was chosen by the arrows; what is found later comes before it. */
	const [chosen, setChosen] = useState("");
	const settled = useSettled(typed.trim());
	const session = useSession();
	const known = knownCommands.filter(
		({ text, scope }) => matches(text, typed.trim()) && (!scope || hasScope(session, scope)),
	);
	const found = useFoundRecords(settled);
	// Until the letters rest, what was found is for those before.
	const commands = [...(typed.trim() === settled ? found : []), ...known].slice(0, SHOWN);
	const at = Math.max(
		0,
		commands.findIndex(({ path }) => path === chosen),
	);
	// With long names, or in a low window, not all are in sight.
	useEffect(() => document.getElementById(`palette-${at}`)?.scrollIntoView({ block: "nearest" }), [at]);
	const step = (by: number) => setChosen(commands.at((at + by) % commands.length)?.path ?? "");
	const run = (command: Command | undefined) => {
		if (!command) return;
		onClose();
		visit(command.path);
	};
	return (
		<Dialog title="Go to" onClose={onClose}>
			<input
				type="text"
				role="combobox"
				aria-label="Page, command or record"
				aria-expanded={commands.length > 0}
				aria-controls="palette-list"
				aria-activedescendant={commands[at] ? `palette-${at}` : undefined}
				placeholder="Page, command or record"
				autocomplete="off"
				spellcheck={false}
				autofocus
				value={typed}
				onInput={({ currentTarget }) => {
					setTyped(currentTarget.value);
					setChosen("");
				}}
				onKeyDown={(event) => {
					if (event.key === "ArrowDown") step(1);
					else if (event.key === "ArrowUp") step(-1);
					else if (event.key === "Enter") run(commands[at]);
					else return;
					event.preventDefault();
				}}
			/>
			<div id="palette-list" role="listbox" aria-label="Found" class="palette">
				{commands.map((command, index) => (
					<div
						key={command.path}
						id={`palette-${index}`}
						role="option"
						tabIndex={-1}
						aria-selected={index === at}
						onClick={() => run(command)}
						onKeyDown={() => {}}
					>
						<span>{command.text}</span> <span class="soft">{command.about}</span>
					</div>
				))}
			</div>
			{commands.length === 0 ? <p class="soft">Nothing found.</p> : null}
		</Dialog>
	);
}
