// The search of the guides and the reference: a button in the bar, "/" as its key, and a dialog. What it searches is loaded when
// it is opened for the first time. A file of its own, because the pages' policy allows no script inside them.

const SHOWN = 12;
const SOURCES = ["/docs/sections.json", "/docs/search.json"];

let index;

/** The index of all sections, operations and events. */
async function load() {
	const [{ default: MiniSearch }, ...lists] = await Promise.all([
		import("/vendor/minisearch-7.2.0.js"),
		...SOURCES.map((path) => fetch(path).then((response) => (response.ok ? response.json() : []))),
	]);
	const search = new MiniSearch({
		idField: "href",
		fields: ["title", "place", "text"],
		storeFields: ["title", "place"],
		searchOptions: { prefix: true, fuzzy: 0.15, combineWith: "AND", boost: { title: 3, place: 2 } },
	});
	search.addAll(lists.flat());
	return search;
}

const element = (tag, properties = {}, ...children) => {
	const made = Object.assign(document.createElement(tag), properties);
	made.append(...children);
	return made;
};

const input = element("input", {
	type: "text",
	placeholder: "Search guides and reference",
	autocomplete: "off",
});
input.setAttribute("aria-label", "Search guides and reference");
input.setAttribute("role", "combobox");
input.setAttribute("aria-expanded", "false");
input.setAttribute("aria-controls", "search-results");
const results = element("div", { id: "search-results" });
results.setAttribute("role", "listbox");
results.setAttribute("aria-label", "Results");
const status = element("p", { className: "status" });
status.setAttribute("role", "status");
const dialog = element("dialog", { className: "search" }, input, status, results);
dialog.setAttribute("aria-label", "Search");
const button = element("button", { type: "button", className: "search-button", textContent: "Search" });
button.setAttribute("aria-keyshortcuts", "/");

let selected = -1;

function select(at) {
	const options = [...results.children];
	selected = options.length === 0 ? -1 : (at + options.length) % options.length;
	for (const [position, option] of options.entries())
		option.setAttribute("aria-selected", String(position === selected));
	const current = options[selected];
	if (current) {
		input.setAttribute("aria-activedescendant", current.id);
		current.scrollIntoView({ block: "nearest" });
	} else input.removeAttribute("aria-activedescendant");
}

async function show() {
	index ??= load();
	const words = input.value.trim();
	let found = [];
	try {
		found = words ? (await index).search(words).slice(0, SHOWN) : [];
	} catch {
		index = undefined;
		status.textContent = "The search could not be loaded. Try again.";
		return;
	}
	if (input.value.trim() !== words) return;
	const options = found.map(({ id, title, place }, position) => {
		const option = element(
			"a",
			{ id: `search-result-${position}`, href: id, tabIndex: -1, role: "option" },
			element("strong", { textContent: title }),
			element("small", { textContent: place }),
		);
		option.addEventListener("click", () => dialog.close());
		return option;
	});
	results.replaceChildren(...options);
	input.setAttribute("aria-expanded", String(options.length > 0));
	status.textContent = words && found.length === 0 ? "Nothing was found." : "";
	select(0);
}

function open() {
	dialog.showModal();
	input.select();
	show();
}

button.addEventListener("click", open);
input.addEventListener("input", show);
input.addEventListener("keydown", (event) => {
	if (event.key === "ArrowDown") select(selected + 1);
	else if (event.key === "ArrowUp") select(selected - 1);
	else if (event.key === "Enter") results.children[selected]?.click();
	else return;
	event.preventDefault();
});
dialog.addEventListener("click", (event) => {
	if (event.target === dialog) dialog.close();
});
addEventListener("keydown", (event) => {
	const typing =
		event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
	if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
	event.preventDefault();
	open();
});
document.querySelector(".bar").append(button);
document.body.append(dialog);
