import { signal } from "@preact/signals";
import { page } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../define.ts";
import Counter from "../islands/Counter.tsx";
import { Echo } from "../islands/Echo.tsx";

export const handler = define.handlers({
  GET: () => page({ start: 3 }),
});

export default define.page<typeof handler>(({ data, state }) => {
  const shared = signal(data.start);
  return (
    <>
      <Head>
        <title>Counters</title>
        <meta name="description" content="of the page" />
        <meta name="robots" content="none" />
      </Head>
      <h1>{state.greeting}</h1>
      <Counter
        count={shared}
        label="first </script><script>alert(1)</script>"
        since={new Date(0)}
      />
      <Counter count={shared} label="second" since={new Date(0)} />
      <Echo count={shared} />
      <p>after the islands</p>
    </>
  );
});
