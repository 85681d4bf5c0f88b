import { useEffect, useRef, useState } from "preact/hooks";

const PAUSE_MS = 250;

/**
 * A text that is typed here, and kept elsewhere, such as in the address, a moment after its last letter: a request for each would
 * soon use up what the session may send. Another text that is kept meanwhile, as by a link, takes its place.
 */
export function useTyped(kept: string, keep: (text: string) => void) {
	const [typed, setTyped] = useState(kept);
	const asked = useRef(kept);
	useEffect(() => {
		if (kept === asked.current) return;
		asked.current = kept;
		setTyped(kept);
	}, [kept]);
	useEffect(() => {
		const timer = setTimeout(() => {
			const text = typed.trim();
			if (text === asked.current) return;
			asked.current = text;
			keep(text);
		}, PAUSE_MS);
		return () => clearTimeout(timer);
	}, [typed]);
	return [typed, setTyped] as const;
}
