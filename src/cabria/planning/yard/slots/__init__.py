"""Where an arriving box goes: least expected rehandles under what is known of each box's departure."""
