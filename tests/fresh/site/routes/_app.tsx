import type { PageProps } from "fresh";

export default function App({ Component, url }: PageProps) {
  return (
    <html lang="fr">
      <head>
        <meta charset="utf-8" />
        <meta name="description" content="of the app" />
        <title>Essaim</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/site.css" />
      </head>
      <body>
        <nav>
          <a href="/">Start</a>
          <a href="/notes">Notes</a>
        </nav>
        <main data-path={url.pathname}>
          <Component />
        </main>
      </body>
    </html>
  );
}
