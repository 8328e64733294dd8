internal import Gateway
print("sluice")
