import { useMutation } from "@tanstack/preact-query";
import { useEffect, useState } from "preact/hooks";
import { type Session, signIn } from "../api.ts";
import { useSessionChange } from "../session.tsx";
import { Failure } from "../ui/feedback.tsx";
import { TextField } from "../ui/field.tsx";

export function SignIn() {
	const [key, setKey] = useState("");
	const { begin } = useSessionChange();
	const entry = useMutation<Session | null, Error, string>({ mutationFn: signIn, onSuccess: begin });
	useEffect(() => {
		document.title = "Sign in · Leadwire";
	}, []);
	return (
		<main class="sign-in">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					entry.mutate(key);
				}}
			>
				<h1>
					<img src="/favicon.svg" alt="" width="32" height="32" />
					Leadwire
				</h1>
				<p class="soft">Keys, webhooks, deliveries and data of your organization.</p>
				<TextField
					label="API key"
					type="password"
					mono
					required
					focused
					placeholder="lw_live_…"
					value={key}
					onInput={setKey}
					hint="It is exchanged for a session of eight hours and kept nowhere in this page."
				/>
				<Failure error={entry.error} />
				<button type="submit" class="primary" disabled={entry.isPending}>
					{entry.isPending ? "Signing in…" : "Sign in"}
				</button>
				<details>
					<summary>I have no key yet</summary>
					<p>
						Whoever runs this server makes the first one: <code>npm start</code> prints one, and so does{" "}
						<code>npm run admin -- key create</code>. Further ones you make here.
					</p>
				</details>
			</form>
			<p class="soft">
				<a href="/docs">API reference</a> · <a href="/">About Leadwire</a>
			</p>
		</main>
	);
}
