// Hands the secret of a link to its page: what follows the #, which browsers send to no server by themselves.
export default function ({ parentElement, setStateValue }) {
  const root = rootOf(parentElement);
  const secret = location.hash.slice(1);
  if (!secret || root.secret === secret) return;
  root.secret = secret;
  setStateValue("secret", secret);
}
