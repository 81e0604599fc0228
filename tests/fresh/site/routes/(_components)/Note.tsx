export function Note() {
  return <em>private component</em>;
}
