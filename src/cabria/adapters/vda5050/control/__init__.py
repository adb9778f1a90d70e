"""Fleet control: the master side of VDA 5050."""
