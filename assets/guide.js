// What the guides' pages do beyond being read: this host's address in the examples, a button that copies code, and the
// section one is in marked beside the text. A file of its own, because the pages' policy allows no script inside them.

const EXAMPLE = "https://crm.example.com";

for (const code of document.querySelectorAll("figure.code code")) {
	const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
	while (texts.nextNode())
		texts.currentNode.data = texts.currentNode.data.replaceAll(EXAMPLE, location.origin);
}

for (const figure of document.querySelectorAll("figure.code:has(pre)")) {
	const button = document.createElement("button");
	button.type = "button";
	button.textContent = "Copy";
	button.addEventListener("click", async () => {
		await navigator.clipboard.writeText(figure.querySelector("code").textContent.trimEnd());
		button.textContent = "Copied";
		setTimeout(() => {
			button.textContent = "Copy";
		}, 1_500);
	});
	figure.querySelector("figcaption").append(button);
}

const entries = new Map([...document.querySelectorAll(".here a")].map((link) => [link.hash.slice(1), link]));
const headings = [...document.querySelectorAll("h2[id]")];
const mark = () => {
	const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
	for (const link of entries.values()) link.removeAttribute("aria-current");
	entries.get(passed.at(-1)?.id)?.setAttribute("aria-current", "true");
};
addEventListener("scroll", mark, { passive: true });
mark();
