/* stored.js - an object of the server that is shown and changed */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { useAction } from "./action.js";

/**
 * @param load  async () -> the object
 * @return {value, change, action}; value is null until it is there, action
 *         tells why not. change(ask) takes what ask() answers; who was slower
 *         than somebody else takes what is stored, and it throws.
 */
export function useStored(load)
{
	const action = useAction();
	const value = useSignal(null);
	const reload = async () => { value.value = await load(); };

	useEffect(() => { action.run(reload); }, []);
	return {
		value: value.value,
		action,
		async change(ask)
		{
			try {
				value.value = await ask();
			} catch (problem) {
				if (problem.code === "version_changed")
					await reload();
				throw problem;
			}
		},
	};
}
