printf 'name: a\nyear: 2019\nareas: [SE1, SE2]\nconfigurations: {base: se4, compare: [se1]}\nsources: {price: [svk]}\nsweep: {extra_load_mw.SE1: {from: 0, to: 999, step: 1}, extra_load_mw.SE2: {from: 0, to: 999, step: 1}, slopes.factor: {from: 1, to: 2, count: 1000}}\n' >many.yaml
snitt batch many.yaml -o out
snitt batch many.yaml -o out --yes
snitt batch many.yaml -o out --part 3/3
snitt batch many.yaml -o out --engine cloud
snitt batch many.yaml
