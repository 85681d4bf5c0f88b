import { useEffect, useState } from "preact/hooks";

const PAUSE_MS = 200;

/** A text as it was when the last letter had been there for a moment: what is searched for, once for a word. */
export function useSettled(text: string): string {
	const [settled, setSettled] = useState(text);
	useEffect(() => {
		const timer = setTimeout(() => setSettled(text), PAUSE_MS);
		return () => clearTimeout(timer);
	}, [text]);
	return settled;
}
