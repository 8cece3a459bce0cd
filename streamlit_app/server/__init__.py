"""What surrounds Streamlit's server: sign-in, cookies, security, WebSocket limits, and live updates to the browser."""
