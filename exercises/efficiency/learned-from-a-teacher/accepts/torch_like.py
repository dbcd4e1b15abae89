# Right, by cross-entropy less entropy, with helpers.
import numpy as np


def log_softmax(logits):
    z = logits - np.amax(logits, axis=-1)[:, None]
    return z - np.log(np.sum(np.exp(z), axis=-1))[:, None]


def distillation_loss(student, teacher, labels, temperature, share):
    if temperature <= 0 or share < 0 or share > 1:
        raise ValueError("no")
    target = log_softmax(teacher / temperature)
    p = np.exp(target)
    crossed = -np.sum(p * log_softmax(student / temperature)) / len(labels)
    entropy = -np.sum(p * target) / len(labels)
    one_hot = np.eye(student.shape[1])[labels]
    hard = -np.mean(np.sum(one_hot * log_softmax(student), axis=1))
    return float((1 - share) * hard + share * temperature * temperature * (crossed - entropy))
