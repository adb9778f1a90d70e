"""Plans on planners' desks: opened, priced, edited and made in processes of their own."""
