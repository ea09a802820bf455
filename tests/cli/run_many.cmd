printf 'name: a\nyear: 2019\nareas: [SE1, SE2]\nconfigurations: {base: se4, compare: [se1]}\nsources: {price: [svk]}\nsweep: {slopes.factor: [1, 2]}\n' >two.yaml
snitt run two.yaml -o out --store nowhere
