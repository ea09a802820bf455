snitt clear --bids b --capacity c --prices p --flows f
