import { definePeer } from "../define.ts";
import { ErrorRoute } from "../error_route.tsx";

/** For what fails before `_middleware.tsx` can show it. */
export default definePeer.page(({ error, state, url }) => <ErrorRoute error={error} state={state} url={url} />);
