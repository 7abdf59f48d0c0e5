FROM continuumio/miniconda3
WORKDIR /app
COPY environment.yml ./
RUN conda env update -n base -f environment.yml && conda clean -afy
COPY . .
CMD ["python", "clock.py"]
