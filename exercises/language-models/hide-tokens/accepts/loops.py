# Token by token, in lists.
def hide_tokens(tokens, eligible, draw, fate, noise, mask_token, share):
    if share <= 0 or share > 1:
        raise ValueError("share")
    seen, labels = [list(row) for row in tokens], [[-100] * len(row) for row in tokens]
    for b, row in enumerate(tokens):
        for t, token in enumerate(row):
            if not eligible[b][t] or draw[b][t] >= share:
                continue
            labels[b][t] = token
            if fate[b][t] < 0.8:
                seen[b][t] = mask_token
            elif fate[b][t] < 0.9:
                seen[b][t] = noise[b][t]
    return seen, labels
