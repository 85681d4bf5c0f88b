// Shows a public form where its script is in another page: <script src="https://…/f/frm_…/embed.js" async></script>
// The form is the page at /f/frm_…, put into a shadow tree, so that the styles of the two pages don't meet.
(() => {
	const script = document.currentScript;
	const address = script.src.replace(/\/embed\.js.*$/, "");
	const host = document.createElement("div");
	script.after(host);
	const root = host.attachShadow({ mode: "open" });
	const style = document.createElement("link");
	style.rel = "stylesheet";
	style.href = new URL("/form/form.css", address).href;
	let token = "";
	/** Turnstile's id of the widget that is shown. */
	let widgetId;

	/** Shows the main part of a page. */
	function show(html, isAnswer) {
		const main = new DOMParser().parseFromString(html, "text/html").querySelector("main");
		if (!main) throw new Error("The form could not be loaded.");
		// The page around it has its own title.
		for (const title of main.querySelectorAll("h1")) {
			const heading = document.createElement("h2");
			for (const { name, value } of title.attributes) heading.setAttribute(name, value);
			heading.append(...title.childNodes);
			title.replaceWith(heading);
		}
		for (const text of main.querySelectorAll("noscript")) text.remove();
		root.replaceChildren(style, main);
		addTurnstile(main.querySelector(".cf-turnstile"));
		if (isAnswer) main.querySelector("[autofocus]")?.focus();
	}

	/** Turnstile's widget doesn't work in a shadow tree, so it is in the page itself and shown in a slot. */
	async function addTurnstile(place) {
		token = "";
		widgetId = undefined;
		host.replaceChildren();
		if (!place) return;
		const widget = document.createElement("div");
		widget.slot = "turnstile";
		host.append(widget);
		const slot = document.createElement("slot");
		slot.name = "turnstile";
		place.replaceWith(slot);
		if (!window.turnstile)
			await new Promise((loaded) => {
				const api = document.createElement("script");
				api.src = `${place.dataset.src}?render=explicit`;
				api.addEventListener("load", loaded);
				document.head.append(api);
			});
		widgetId = window.turnstile.render(widget, {
			sitekey: place.dataset.sitekey,
			callback: (text) => {
				token = text;
			},
		});
	}

	/** Says what went wrong before the form, whose answers stay. A token may have been used, and is good once. */
	function complain(message) {
		token = "";
		if (widgetId !== undefined) window.turnstile.reset(widgetId);
		const text = document.createElement("p");
		text.className = "problem";
		text.setAttribute("role", "alert");
		text.textContent = message;
		root.querySelector("main > .problem")?.remove();
		(root.querySelector("main") ?? root).prepend(text);
	}

	root.addEventListener("submit", async (event) => {
		event.preventDefault();
		const form = event.target;
		const body = new URLSearchParams(new FormData(form));
		body.set("_page", location.href);
		body.set("_referrer", document.referrer);
		if (token) body.set("cf-turnstile-response", token);
		// Not asked of the form: a field named `querySelector` hides its method.
		const button = root.querySelector("form button");
		button.disabled = true;
		try {
			const answer = await fetch(`${address}?embed`, {
				method: "POST",
				headers: { accept: "text/html" },
				body,
			});
			const next = answer.ok && answer.headers.get("location");
			if (next) return location.assign(next);
			const html = await answer.text();
			const page = new DOMParser().parseFromString(html, "text/html");
			// What is only for a moment, such as too many requests, comes without the form.
			if (answer.ok || page.querySelector("form")) show(html, true);
			else complain(page.querySelector("main p").textContent);
		} catch {
			complain("It was not sent. Check your connection, then send it again.");
		} finally {
			button.disabled = false;
		}
	});

	// Addresses with # don't lead into a shadow tree. The form, whose fields hide its methods, may be what was clicked.
	root.addEventListener("click", (event) => {
		const link = Element.prototype.closest.call(event.target, 'a[href^="#"]');
		if (!link) return;
		event.preventDefault();
		root.getElementById(link.getAttribute("href").slice(1))?.focus();
	});

	fetch(address, { headers: { accept: "text/html" } })
		.then((answer) => answer.text())
		.then((html) => show(html, false))
		.catch(() => complain("The form could not be loaded."));
})();
