"""Tools for every domain, which know none of them: database session, paging, moments, search words, slugs, errors."""
