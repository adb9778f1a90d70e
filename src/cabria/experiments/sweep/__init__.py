"""Many runs of the twin: what is varied, where the runs are done, and which are done already."""
