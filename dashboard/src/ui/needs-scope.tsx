import type { ComponentProps, JSX } from "preact";
import { useHasScope } from "../session.tsx";
import { Empty } from "./feedback.tsx";
import { Heading } from "./layout.tsx";

interface Props {
	readonly scope: string;
	readonly title: string;
	readonly up: ComponentProps<typeof Heading>["up"] & object;
	readonly children: JSX.Element;
}

/** Shows a page only to a key that has a scope: what is typed in a form that can't be saved is lost. */
export function NeedsScope({ scope, title, up, children }: Props) {
	if (useHasScope(scope)) return children;
	return (
		<>
			<Heading title={title} up={up} />
			<Empty title={`This API key lacks the scope ${scope}.`}>
				<p>Sign in with a key that has it, or ask for one.</p>
			</Empty>
		</>
	);
}
