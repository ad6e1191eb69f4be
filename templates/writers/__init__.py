"""Writers: blocks to the bytes of one format."""
