"""The UI's own parts, as Streamlit components: a Python wrapper with the data's shape beside its .js and .css."""
