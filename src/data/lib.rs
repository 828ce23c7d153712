//! Tables and where they come from: databases, files, transforms, chance; and the cache that all views share.
