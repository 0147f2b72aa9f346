"""`latentlab bench`: figures that the user feels, as ratios taken in one run."""
