"""Around Streamlit's server: signing in, cookies, security, limits on WebSockets, and live updates to the browser."""
