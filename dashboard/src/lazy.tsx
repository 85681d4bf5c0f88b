// Pages that are loaded when they are opened.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ErrorNotice, Loading } from "./ui/feedback.tsx";

/** A component that is loaded when it is first shown. A failed load can be tried again. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
	let Loaded: ComponentType<Props> | undefined;
	return (props: Props) => {
		const [tries, setTries] = useState(0);
		const [, setIsLoaded] = useState(Loaded !== undefined);
		const [error, setError] = useState<Error | null>(null);
		useEffect(() => {
			if (Loaded) return;
			setError(null);
			load().then(
				(component) => {
					Loaded = component;
					setIsLoaded(true);
				},
				// After a deployment the file may have another name, which only a new page knows.
				() => setError(new Error("This page can’t be loaded. Try again, or reload the dashboard.")),
			);
		}, [tries]);
		if (Loaded) return <Loaded {...props} />;
		return error ? <ErrorNotice error={error} retry={() => setTries(tries + 1)} /> : <Loading />;
	};
}
